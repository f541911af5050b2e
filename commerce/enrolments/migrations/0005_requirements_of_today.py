from django.db import migrations

# What each course asks today is the best knowledge of what it asked of those who are enrolled already. One statement
# for each step, whatever the number of courses, lessons and people. The digest is that of rules.requirements_digest.
# A lesson's kind stands in its text; of the kinds there were until now, the quiz alone is passed.
TAKE_DOWN = """
INSERT INTO enrolments_requirementset
       (id, course_key, rule, needed_percent, lesson_keys, quiz_keys, digest, created_at)
SELECT gen_random_uuid(), course_key, rule, needed_percent, lesson_keys, quiz_keys,
       md5(concat_ws('|', rule, needed_percent, array_to_string(lesson_keys, ','), array_to_string(quiz_keys, ','))),
       now()
FROM (
    SELECT course.translation_key AS course_key, course.completion_rule AS rule,
           course.completion_percent AS needed_percent,
           array_agg(lesson.key ORDER BY lesson.key::text COLLATE "C") AS lesson_keys,
           coalesce(
               array_agg(lesson.key ORDER BY lesson.key::text COLLATE "C") FILTER (WHERE lesson.kind = 'quiz'),
               '{}'
           ) AS quiz_keys
    FROM (
        SELECT DISTINCT ON (page.translation_key)
               page.translation_key, page.path, completion_rule, completion_percent
        FROM courses_coursepage JOIN wagtailcore_page page ON page.id = page_ptr_id
        WHERE page.translation_key IN (SELECT course_key FROM enrolments_enrolment)
        ORDER BY page.translation_key, page.id
    ) course
    JOIN LATERAL (
        SELECT DISTINCT ON (page.translation_key)
               page.translation_key AS key, activity #>> '{0,type}' AS kind
        FROM courses_lessonpage
        JOIN wagtailcore_page page ON page.id = page_ptr_id
        JOIN wagtailcore_page section ON section.path = left(page.path, -4)
        WHERE page.path LIKE course.path || '%' AND page.live AND section.live
        ORDER BY page.translation_key, page.id
    ) lesson ON true
    GROUP BY course.translation_key, course.completion_rule, course.completion_percent
) asked
"""
ASK_ALL = """
UPDATE enrolments_enrolment enrolment SET requirement_set_id = requirements.id
FROM enrolments_requirementset requirements WHERE requirements.course_key = enrolment.course_key
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_new_lessons_required"),
        ("enrolments", "0004_requirement_set"),
    ]
    operations = [
        migrations.RunSQL(TAKE_DOWN, migrations.RunSQL.noop),
        migrations.RunSQL(ASK_ALL, migrations.RunSQL.noop),
    ]
